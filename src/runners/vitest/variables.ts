import { afterAll } from 'vitest';
import { setVariables } from '../shared/process-variables.js';
import { getEnvironment } from './test.js';

// For Vitest's `setupFiles`: in each test file, the variables lead to the file's own slices before any of its modules is loaded.
const environment = await getEnvironment();
const shared = environment.variables();
const leased = Object.entries(await environment.leasedVariables());
// What the configuration's `test.env` says otherwise stays.
afterAll(setVariables(process.env, Object.fromEntries(leased.filter(([name]) => process.env[name] === shared[name]))));
