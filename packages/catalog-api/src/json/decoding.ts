import { NumberLiteral, type ParsedJson, type ParsedObject } from './parse-json';

/** A member that does not fit. The first one is reported, as Go does; the rest of the body is read all the same. */
export class Decoding {
  firstProblem: string | undefined;
  private structName: string | undefined;
  private fields: readonly string[] = [];
  private frozen = 0;

  constructor(readonly isStrict: boolean) {}

  report(problem: string): void {
    this.firstProblem ??= problem;
  }

  misfit(value: ParsedJson, goType: string): void {
    this.report(`json: cannot unmarshal ${kindOf(value)} into ${this.place()} of type ${goType}`);
  }

  misfitNumber(literal: string, goType: string): void {
    this.report(`json: cannot unmarshal number ${literal} into ${this.place()} of type ${goType}`);
  }

  private place(): string {
    return this.structName === undefined ? 'Go value' : `Go struct field ${this.structName}.${this.fields.join('.')}`;
  }

  /** Reads a member of a struct: problems inside name the innermost struct and the whole path, as Go does. */
  within<T>(structName: string, field: string, read: () => T): T {
    if (this.frozen > 0) return read();
    const outer = [this.structName, this.fields] as const;
    this.structName = structName;
    this.fields = [...this.fields, field];
    const value = read();
    [this.structName, this.fields] = outer;
    return value;
  }

  /** Reads a type with an unmarshaller of its own: Go then names the place of the whole value, not of what is inside. */
  apart<T>(read: () => T): T {
    this.frozen++;
    const value = read();
    this.frozen--;
    return value;
  }
}

function kindOf(value: ParsedJson): string {
  if (value instanceof NumberLiteral) return 'number';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** How a JSON value becomes a member: a Go type, its zero, and its reading. */
export interface GoType<T> {
  readonly name: string;
  readonly zero: T;
  read(value: ParsedJson, decoding: Decoding): T;
}

export function isObject(value: ParsedJson): value is ParsedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}
