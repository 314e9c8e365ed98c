import type { ErrorCode } from './error.js';

/** What to do next where an error of the code says nothing more fitting. */
export const usualHints: Readonly<Partial<Record<ErrorCode, string>>> = {
  AGENT_FAILED:
    'Run the command again. If it fails again, run `portside doctor`, and report it with the output of --verbose.',
  BROADCAST_INVALID: 'See docs/broadcast.md for what may be announced, and how.',
  ENGINE_FAILED: '`portside doctor` says what of the engine works; `portside sweep` removes what is left behind.',
  ENVIRONMENT_STOPPED:
    'It was closed or stopped (`portside down`, Ctrl-C, the end of its last user), or its agent ended. Start it again.',
  IMAGE_UNAVAILABLE:
    'See that the image is there (`docker image ls`) and that nothing removes it meanwhile; then start again.',
  INTERNAL: 'This is a defect of portside: please report it with the output of --verbose.',
  LEASE_FAILED:
    'The log of the agent says more (`portside up --verbose` prints its path), and `portside logs` what the service printed.',
  LEASE_UNKNOWN: 'A lease ends when it is released, and with its session: lease again. `portside ps` lists the leases.',
  REGISTRY_INVALID: 'See docs/registry.md for what a registration may say.',
  REGISTRY_UNREACHABLE: 'Start the registry (`portside registry`), or correct its address.',
};
