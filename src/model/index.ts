export { type AdvertisedVariables, advertisedPorts, fillAdvertised, unknownPlaceholder } from './advertise.js';
export { inLink } from './claim-medium.js';
export { computedEnvironment } from './computed-environment.js';
export type { ContainerOptions, DeviceRequest, HookDefinition } from './container.js';
export type {
  EnvironmentDefinition,
  EnvironmentSettings,
  FileContent,
  GivenSettings,
  HostPorts,
  RuntimeChoice,
  RuntimeName,
  VolumeDefinition,
} from './definition.js';
export {
  type EnvironmentDocument,
  environmentDocument,
  type ServiceDocument,
  type SessionDocument,
  serviceDocument,
} from './document.js';
export { formatDuration, parseDuration } from './duration.js';
export type {
  Endpoint,
  EndpointBase,
  EndpointKind,
  EndpointStatus,
  HttpEndpoint,
  PostgresEndpoint,
  RedisEndpoint,
  TcpEndpoint,
} from './endpoint.js';
export { addressOf, type EndpointParts, endpointOfKind } from './endpoint-of-kind.js';
export { type ErrorCode, type ErrorDetails, type ErrorJson, PortsideError, type SourcePosition } from './error.js';
export type { RegistrySnapshot, ServiceEvent } from './event.js';
export { type Claim, claimFile, readClaim, releaseFile } from './exclusive-file.js';
export type { EnvironmentInfo, Frame } from './frame.js';
export { isHealthUrl } from './health-url.js';
export { isExecutable } from './is-executable.js';
export { isTimeout } from './is-timeout.js';
export { defaultPorts, type ServiceKind, serviceKinds } from './kind.js';
export type {
  KindAddress,
  KindDefinition,
  KindHost,
  KindIsolator,
  KindLogin,
  KindLoginContext,
  KindProgram,
  KindProgramContext,
  KindSlice,
} from './kind-definition.js';
export { knownServices } from './known-services.js';
export {
  defaultLeaseSettings,
  type ForkDocument,
  type Isolation,
  type LeaseDocument,
  type LeasedService,
  type LeaseOwner,
  type LeaseRequest,
  type LeaseScope,
  type LeaseSettings,
  type ServiceLeaseSettings,
} from './lease.js';
export type { LogLine, LogOptions } from './log.js';
export {
  type Counter,
  counters,
  type Gauge,
  gauges,
  type Histogram,
  histograms,
  type Metrics,
} from './metrics.js';
export type { Migration } from './migration.js';
export type { BindMount, FileGrant, MountDefinition, TmpfsMount, VolumeMount } from './mount.js';
export { nearest } from './nearest.js';
export type { NetworkAttachment, NetworkDefinition } from './network.js';
export { splitTemplate, type TemplatePart } from './placeholders.js';
export type { EnvironmentPlan, PlannedPort, PlannedService } from './plan.js';
export type { BoundPort, PortDefinition, PortPolicy, PortProtocol } from './port.js';
export { identifyProcess, type Liveness, livenessOf, type ProcessIdentity } from './process-identity.js';
export type { EnvironmentState, ServicePhase, ServiceProgress } from './progress.js';
export type { HealthcheckDefinition, ReadinessCondition } from './readiness.js';
export type { EndpointByKind, EndpointOf, Register, ServiceName } from './register.js';
export type {
  BuildDefinition,
  Credentials,
  DependencyCondition,
  DependencyDefinition,
  EmbeddedDefinition,
  ForeignContainer,
  PullPolicy,
  ServiceDefinition,
  StartedForeignContainer,
} from './service.js';
export { serviceNames } from './service-names.js';
export type { SessionAnswer, SessionCommand } from './session-command.js';
export type { SnapshotInfo } from './snapshot.js';
export type { SweepReport, SweptItem } from './sweep.js';
export { type EventLog, noTelemetry, type Telemetry, type Trace } from './telemetry.js';
export { timerMs, wholeMs } from './timer.js';
export { TokenBuckets } from './token-buckets.js';
export { unlessAborted } from './unless-aborted.js';
export { environmentVariables } from './variables.js';
export { packageVersion } from './version.js';
export type { Warning } from './warning.js';
export { withSignals } from './with-signals.js';
