// What a field asks of a key: `authScopes`, one of which is enough, looked at before the field is resolved or subscribed to.
// `builder.ts` installs it in Pothos. A field without it is open to every key; `test/graphql/authorisation.test.ts` lists all.

import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from "@pothos/core";
import type { GraphQLFieldResolver } from "graphql";
import { mayUse, type Scope } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { GraphqlContext } from "./context.ts";

declare global {
  // oxlint-disable-next-line no-namespace -- nowhere else does Pothos let a plugin declare its options
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      scopes: ScopesPlugin<Types>;
    }
    interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      authScopes?: readonly Scope[];
      /** True where it does not ask what the other fields of its type ask. */
      skipTypeScopes?: boolean;
    }
    interface ObjectTypeOptions<Types extends SchemaTypes, Shape> {
      /** Of each of its fields, beside their own. */
      authScopes?: readonly Scope[];
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types["Context"], object>;
type Field<Types extends SchemaTypes> = PothosOutputFieldConfig<Types>;

class ScopesPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolve: Resolver<Types>, field: Field<Types>): Resolver<Types> {
    // What may be subscribed to was asked when the subscription began.
    if (field.kind === "Subscription") return resolve;
    const type = this.buildCache.getTypeConfig(field.parentType);
    const own = asking(field.pothosOptions.authScopes, resolve);
    if (type.kind !== "Object" || field.pothosOptions.skipTypeScopes === true) return own;
    return asking(type.pothosOptions.authScopes, own);
  }

  override wrapSubscribe(
    subscribe: Resolver<Types> | undefined,
    { pothosOptions }: Field<Types>,
  ): Resolver<Types> | undefined {
    return subscribe && asking(pothosOptions.authScopes, subscribe);
  }
}

function asking<Types extends SchemaTypes>(
  scopes: readonly Scope[] | undefined,
  resolve: Resolver<Types>,
): Resolver<Types> {
  if (!scopes) return resolve;
  return (parent, given, context, info) => {
    const { caller } = context as unknown as GraphqlContext;
    if (scopes.some((scope) => mayUse(caller, scope))) return resolve(parent, given, context, info);
    const named = scopes.map((scope) => `"${scope}"`).join(" or ");
    throw new Failure("FORBIDDEN", `This key lacks the scope ${named}.`);
  };
}

export const scopesPlugin = "scopes";
SchemaBuilder.registerPlugin(scopesPlugin, ScopesPlugin);
