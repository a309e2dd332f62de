/** Prints inventory and claims as JSON, for scripts/generate_conformance.py. usage: npm run --silent conformance */
import { readFileSync } from 'node:fs';
import { readClaims } from './claims.ts';
import { readInventory } from './inventory.ts';

const web = process.cwd();
const extra = JSON.parse(readFileSync(0, 'utf8')) as string[];
const inventory = readInventory(web);
const ids = [...Object.keys(inventory.published), ...Object.keys(inventory.protocol), ...extra];
const version = (JSON.parse(readFileSync(`${web}/node_modules/@openai/chatkit/package.json`, 'utf8')) as { version: string }).version;
console.log(JSON.stringify({ version, ...inventory, ...readClaims(web, ids) }));
