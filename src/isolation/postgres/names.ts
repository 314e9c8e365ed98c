/** The sealed copy of the service's own database that every lease begins as. */
export const templateName = 'portside_template';

/** The role that owns what is in the template; every lease's role is a member. It is no superuser and cannot log in. */
export const ownerRole = 'portside_owner';

/** Name of a lease's database and of its login role. */
export function leaseName(id: string): string {
  return `lease_${id}`;
}

/** SQL condition on a column: it names something that was made for a lease, also by an earlier environment on the same data. */
export function isLeaseName(column: string): string {
  return `${column} ~ '^lease_[0-9a-z]{10}(_|$)'`;
}
