// Tells drizzle-kit where the tables are written and where migrations go.
// `npm run db:generate` reads it; the running gateway never does.

import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./src/store/tables.ts", "./src/store/routing-tables.ts"],
  out: "./drizzle",
});
