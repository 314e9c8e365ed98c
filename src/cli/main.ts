#!/usr/bin/env node
import { packageVersion } from '../model/index.js';

const argv = process.argv.slice(2);

if (argv[0] === '--version' || argv[0] === '-V') {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runProcess } = await import('./process.js');
  await runProcess(argv);
}
