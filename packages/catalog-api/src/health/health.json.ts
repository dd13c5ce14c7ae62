import type { CheckServiceNode } from '@tribune/protocol';
import { RowMemo } from '../answers/row-memo';
import { checkJson, instanceJson, nodeJson } from '../catalog/catalog.json';

export function healthJson({ node, service, checks }: CheckServiceNode): Record<string, unknown> {
  return { Node: nodeJson(node), Service: instanceJson(service), Checks: checks.map((check) => checkJson(check)) };
}

export const healthRows = new RowMemo<CheckServiceNode>(healthJson, ({ service, node, checks }) => [
  service,
  node,
  ...checks,
]);
