import { exactJson, parseExactJson } from '../definitions/exact-json';
import type { JsonObject } from '../model/catalog';
import { invalidArgument } from '../api/api-error';

/** Strings, which pass, and integers too long to be sure that a double holds them. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/gs;
const TAGGED_INTEGER = /"(?:[^"\\]|\\.)*"|\{"\$bigint":"(-?\d+)"\}/gs;

/** A field that holds a JSON object as text, for any language to read; '' for null. Long integers keep every digit. */
export function jsonToWire(value: JsonObject | null): string {
  if (value === null) return '';
  const text = exactJson(value);
  return text.includes('{"$bigint"') ? text.replace(TAGGED_INTEGER, (match, digits?: string) => digits ?? match) : text;
}

export function jsonFromWire(text: string, field: string): JsonObject | null {
  if (text === '') return null;
  let value: unknown;
  try {
    value = parseExactJson(text.replace(STRING_OR_LONG_INTEGER, tagUnlessSafe));
  } catch {
    throw invalidArgument(field, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidArgument(field, 'is not a JSON object');
  return value as JsonObject;
}

function tagUnlessSafe(match: string): string {
  if (match.startsWith('"') || Number.isSafeInteger(Number(match))) return match;
  return exactJson(BigInt(match));
}
