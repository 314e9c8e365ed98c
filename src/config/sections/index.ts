export { readSection, readSections, sectionNames } from './read-sections.js';
export type { SectionSettings, SectionSpecs } from './sections.js';
