import 'reflect-metadata';
import type { Call } from './call';
import type { Answering } from './reply';

export type Method = 'OPTIONS' | 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Handler = (call: Call) => Answering | Promise<Answering>;

export interface RouteMark {
  readonly method: Method;
  readonly pattern: string;
}

const ROUTES = Symbol('tribune:routes');

/**
 * Marks a controller's method as the answer to `method` on `pattern`. A pattern that ends in `/` takes everything below
 * it (`call.tail` is the rest); any other matches exactly. A method may carry several marks.
 *
 *     @Route('GET', '/v1/kv/')
 *     get(call: Call): Answering | Promise<Answering> { … }
 */
export function Route(method: Method, pattern: string): MethodDecorator {
  return (target, property) => {
    const own = target[property as keyof typeof target] as unknown as object;
    const marks = (Reflect.getOwnMetadata(ROUTES, own) as RouteMark[] | undefined) ?? [];
    Reflect.defineMetadata(ROUTES, [...marks, { method, pattern }], own);
  };
}

/** The marked methods of a controller instance, bound to it. */
export function routesOf(controller: object): (RouteMark & { readonly handler: Handler })[] {
  const prototype = Object.getPrototypeOf(controller) as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    if (typeof method !== 'function') return [];
    const marks = (Reflect.getOwnMetadata(ROUTES, method) as RouteMark[] | undefined) ?? [];
    return marks.map((mark) => ({ ...mark, handler: method.bind(controller) as Handler }));
  });
}
