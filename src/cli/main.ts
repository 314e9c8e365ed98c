#!/usr/bin/env node
import { enableCompileCache } from './compile-cache.js';

enableCompileCache();

const argv = process.argv.slice(2);

if (argv[0] === '--version' || argv[0] === '-V') {
  const { packageVersion } = await import('../model/version.js');
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runProcess } = await import('./process.js');
  await runProcess(argv);
}
