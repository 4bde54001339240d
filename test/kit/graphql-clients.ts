// Every GraphQL client that must work, as an application makes it: one row each, the same three verbs.
// `test/doors/graphql-clients.test.ts` asks the same of each.

import {
  ApolloClient,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
  ServerError,
  gql,
} from "@apollo/client";
import { Client, CombinedError, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createEventClient } from "graphql-sse";
import possibleTypes from "../../schema/possible-types.json" with { type: "json" };

type Variables = Readonly<Record<string, unknown>>;

export interface GraphqlClient {
  query(document: string, variables?: Variables): Promise<unknown>;
  mutate(document: string, variables?: Variables): Promise<unknown>;
  /** Calls back with the data of each event; the answer stops it. */
  subscribe(document: string, variables: Variables, listener: Listener): () => void;
}

export interface Listener {
  readonly next: (data: unknown) => void;
  readonly failed: (error: unknown) => void;
  readonly complete: () => void;
}

type OpenGraphqlClient = (url: string, key: string) => GraphqlClient;

const authorization = (key: string) => ({ authorization: `Bearer ${key}` });

/** With what Apollo needs to keep the fields of unions: the printed possible types. */
export function apolloCache(): InMemoryCache {
  return new InMemoryCache({ possibleTypes });
}

export function apollo(url: string, key: string, cache = apolloCache()): GraphqlClient {
  const link = new HttpLink({ uri: `${url}/graphql`, headers: authorization(key) });
  const client = new ApolloClient({ link, cache });
  return {
    query: async (document, variables = {}) => (await client.query({ query: gql(document), variables })).data,
    mutate: async (document, variables = {}) =>
      (await client.mutate({ mutation: gql(document), variables })).data,
    subscribe(document, variables, { next, failed, complete }) {
      const subscription = client.subscribe({ query: gql(document), variables }).subscribe({
        next: ({ data, error }) => (error ? failed(error) : next(data)),
        error: failed,
        complete,
      });
      return () => subscription.unsubscribe();
    },
  };
}

function urql(client: Client): GraphqlClient {
  return {
    query: async (document, variables = {}) => {
      const { data, error } = await client.query(document, variables).toPromise();
      if (error) throw error;
      return data;
    },
    mutate: async (document, variables = {}) => {
      const { data, error } = await client.mutation(document, variables).toPromise();
      if (error) throw error;
      return data;
    },
    subscribe(document, variables, { next, failed, complete }) {
      let last: unknown;
      const { unsubscribe } = client
        .subscription(document, variables)
        .subscribe(({ data, error, hasNext }) => {
          if (error) return failed(error);
          // The end of a stream comes as its last result once more.
          if (data !== undefined && data !== last) next(data);
          last = data;
          if (!hasNext) complete();
        });
      return unsubscribe;
    },
  };
}

/** urql's own, where the answer to the request is the stream. */
const urqlByFetch: OpenGraphqlClient = (url, key) =>
  urql(
    new Client({
      url: `${url}/graphql`,
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchSubscriptions: true,
      fetchOptions: { headers: authorization(key) },
    }),
  );

/** graphql-sse beneath urql, as its documentation shows. */
const urqlBySse =
  (singleConnection: boolean): OpenGraphqlClient =>
  (url, key) => {
    const events = createEventClient({
      url: singleConnection ? `${url}/graphql/stream` : `${url}/graphql`,
      singleConnection,
      headers: authorization(key),
      retryAttempts: 0,
    });
    const forward = subscriptionExchange({
      forwardSubscription: ({ query = "", variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: events.subscribe(
            { query, ...(variables && { variables }) },
            { next: (result) => sink.next(result as never), error: sink.error, complete: sink.complete },
          ),
        }),
      }),
    });
    return urql(
      new Client({
        url: `${url}/graphql`,
        exchanges: [fetchExchange, forward],
        preferGetMethod: false,
        fetchOptions: { headers: authorization(key) },
      }),
    );
  };

export const graphqlClients: Readonly<Record<string, OpenGraphqlClient>> = {
  "apollo client": apollo,
  "urql over fetch": urqlByFetch,
  "urql over distinct connections": urqlBySse(false),
  "urql over a single connection": urqlBySse(true),
};

/** The codes of what the gateway answered instead of data. */
export function codesOf(error: unknown): unknown[] {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ extensions }) => extensions?.["code"]);
  if (error instanceof CombinedError) return error.graphQLErrors.map(({ extensions }) => extensions["code"]);
  if (ServerError.is(error)) return [error.statusCode];
  return [String(error)];
}
