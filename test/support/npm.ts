import { execFileSync } from 'node:child_process';

/** Runs npm in a folder. It asks the registry only for what it has never seen. */
export function runNpm(cwd: string, ...args: readonly string[]): void {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', [...args, ...quiet], { cwd, stdio: 'pipe' });
}
