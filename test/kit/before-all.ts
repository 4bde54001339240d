// What every test file begins with: `npm test` loads it by a flag.

import { loadDrizzleFast } from "../../src/store/drizzle-loading.ts";

loadDrizzleFast();
