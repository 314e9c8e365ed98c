import { describe, expect, it } from 'vitest';
import type { MountDefinition } from '../../model/index.js';
import { engineMounts } from './mounts.js';

const labels = { 'dev.portside.key': 'k' };
const translate = (mount: MountDefinition) => engineMounts([mount], (key) => `p_${key}`, labels);

const bind = { type: 'bind', source: '/a', target: '/b', readOnly: false, createHostPath: false } as const;
const tmpfs = { type: 'tmpfs', target: '/t', readOnly: false } as const;

describe('engineMounts', () => {
  it('gives a named volume its real name, and an anonymous one the labels by which a sweep finds it', () => {
    expect(
      translate({ type: 'volume', source: 'data', target: '/d', readOnly: true, noCopy: true, subpath: 'part' }).Mounts,
    ).toEqual([
      {
        Type: 'volume',
        Source: 'p_data',
        Target: '/d',
        ReadOnly: true,
        VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} }, Subpath: 'part' },
      },
    ]);
    expect(translate({ type: 'volume', target: '/d', readOnly: false }).Mounts).toMatchObject([
      { Source: '', VolumeOptions: { NoCopy: false, Labels: labels } },
    ]);
  });

  it.each<[MountDefinition, string]>([
    [{ ...bind, createHostPath: true }, '/a:/b:rw'],
    [{ ...bind, readOnly: true, selinux: 'z', propagation: 'rshared' }, '/a:/b:ro,z,rshared'],
  ])('writes a folder that the engine may make, or relabels, in the short form: %j', (mount, expected) => {
    expect(translate(mount)).toEqual({ Mounts: [], Binds: [expected], Tmpfs: {} });
  });

  it('writes other folders in the long form, and all whose path has a colon', () => {
    const base = { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: false };
    expect(translate(bind).Mounts).toEqual([base]);
    expect(translate({ ...bind, consistency: 'cached', propagation: 'rslave' }).Mounts).toEqual([
      { ...base, Consistency: 'cached', BindOptions: { Propagation: 'rslave' } },
    ]);
    expect(translate({ ...bind, source: '/a:b', createHostPath: true }).Mounts).toEqual([{ ...base, Source: '/a:b' }]);
  });

  it('keeps files in memory with their size and mode', () => {
    const base = { Type: 'tmpfs', Source: '', Target: '/t' };
    expect(translate(tmpfs).Mounts).toEqual([base]);
    expect(translate({ ...tmpfs, sizeBytes: 1024, mode: 0o700 }).Mounts).toEqual([
      { ...base, TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 } },
    ]);
  });

  it('writes what the long form cannot say as options of the file system', () => {
    expect(translate({ ...tmpfs, options: 'noexec', sizeBytes: 1024, mode: 0o1777 }).Tmpfs).toEqual({
      '/t': 'noexec,size=1024,mode=1777',
    });
    expect(translate({ ...tmpfs, readOnly: true }).Tmpfs).toEqual({ '/t': 'ro' });
  });
});
