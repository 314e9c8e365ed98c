import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostConfigOf } from './host-config.js';

/** Only what is set. */
const given = (options: Parameters<typeof hostConfigOf>[0]) => JSON.parse(JSON.stringify(hostConfigOf(options, 'app')));

describe('hostConfigOf', () => {
  it('starts nothing again, whatever else is asked for', () => {
    expect(given({})).toEqual({ RestartPolicy: { Name: 'no' } });
  });

  it('takes resources, devices and graphics cards over in the terms of the engine', () => {
    expect(
      given({
        cpus: 1.5,
        storageOptions: { size: '1G' },
        ulimits: { nofile: { soft: 1, hard: 2 } },
        devices: [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }],
        deviceCgroupRules: ['c 1:3 mr'],
        gpus: [
          { driver: 'd', count: 2, deviceIds: ['0'], capabilities: ['gpu', 'utility'], options: { a: 'b' } },
          { count: -1, capabilities: ['gpu'] },
        ],
        sysctls: { 'net.core.somaxconn': '1024' },
        dns: ['1.1.1.1'],
      }),
    ).toEqual({
      NanoCpus: 1_500_000_000,
      StorageOpt: { size: '1G' },
      Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
      Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'r' }],
      DeviceCgroupRules: ['c 1:3 mr'],
      DeviceRequests: [
        { Driver: 'd', Count: 2, DeviceIDs: ['0'], Capabilities: [['gpu', 'utility']], Options: { a: 'b' } },
        { Count: -1, Capabilities: [['gpu']] },
      ],
      Sysctls: { 'net.core.somaxconn': '1024' },
      Dns: ['1.1.1.1'],
      RestartPolicy: { Name: 'no' },
    });
  });

  it('leaves a share of processors out where a quota says it', () => {
    expect(given({ cpus: 1, cpuQuota: 50_000 })).toMatchObject({ CpuQuota: 50_000 });
    expect(given({ cpus: 1, cpuQuota: 50_000 })).not.toHaveProperty('NanoCpus');
  });

  it('keeps a log driver whose output can be read back, and no other', () => {
    expect(given({ logging: { driver: 'local', options: { 'max-size': '1m' } } })).toMatchObject({
      LogConfig: { Type: 'local', Config: { 'max-size': '1m' } },
    });
    expect(given({ logging: { driver: 'journald' } })).toMatchObject({ LogConfig: { Type: 'journald', Config: {} } });
    expect(given({ logging: { driver: 'fluentd' } })).not.toHaveProperty('LogConfig');
    expect(given({ logging: {} })).not.toHaveProperty('LogConfig');
  });

  it('sends the content of a seccomp profile, without spaces, and passes the other rights on', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'portside-seccomp-')), 'profile.json');
    writeFileSync(path, '{\n  "defaultAction": "SCMP_ACT_ALLOW",\n  "names": ["a b"]\n}\n');
    const json = '{"defaultAction":"SCMP_ACT_ALLOW","names":["a b"]}';
    const others = ['no-new-privileges:true', 'label=disable', 'seccomp=unconfined', 'seccomp:builtin'];
    expect(given({ securityOpt: [`seccomp=${path}`, `seccomp:${path}`, ...others] })).toEqual({
      SecurityOpt: [`seccomp=${json}`, `seccomp=${json}`, ...others],
      RestartPolicy: { Name: 'no' },
    });
  });

  it('says which seccomp profile it cannot read', () => {
    const bad = join(mkdtempSync(join(tmpdir(), 'portside-seccomp-')), 'bad.json');
    writeFileSync(bad, 'no JSON');
    for (const path of ['/nowhere/profile.json', bad]) {
      expect(() => given({ securityOpt: [`seccomp=${path}`] })).toThrow(
        expect.objectContaining({
          code: 'SERVICE_START_FAILED',
          service: 'app',
          message: expect.stringContaining(`its seccomp profile ${path} cannot be read`),
          hint: expect.stringContaining('security_opt'),
        }),
      );
    }
  });

  it('hides nothing of the system where the file says so', () => {
    expect(given({ securityOpt: ['systempaths=unconfined'] })).toEqual({
      SecurityOpt: [],
      MaskedPaths: [],
      ReadonlyPaths: [],
      RestartPolicy: { Name: 'no' },
    });
  });
});
