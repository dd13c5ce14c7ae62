import { formatGoDuration } from '@tribune/platform';
import type { HealthCheck, JsonObject } from '@tribune/protocol';
import type { Unindexed } from '@tribune/state-store';
import { sortedMap } from '../json/go-json';
import { omitEmpty } from '../json/omit-empty';
import type { CheckRequest } from './register.json';

export function checkOf(from: CheckRequest, node: string): Unindexed<HealthCheck> {
  return {
    node: from.Node || node,
    checkId: from.CheckID || from.Name,
    name: from.Name,
    status: from.Status || 'critical',
    notes: from.Notes,
    output: from.Output,
    serviceId: from.ServiceID,
    serviceName: from.ServiceName,
    serviceTags: from.ServiceTags,
    type: from.Type || typeOf(from.Definition),
    definition: definitionJson(from.Definition),
  };
}

type Definition = CheckRequest['Definition'];

/** What kind of check a definition describes, in Consul's order of preference. Most kinds only count with an interval. */
function typeOf(from: Definition): string {
  const isTimed = (from.Interval || from.IntervalDuration) > 0;
  const isScript = from.ScriptArgs !== null && from.ScriptArgs.length > 0;
  if (from.GRPC !== '' && isTimed) return 'grpc';
  if (from.HTTP !== '' && isTimed) return 'http';
  if (from.TTL > 0) return 'ttl';
  if (from.TCP !== '' && isTimed) return 'tcp';
  if (from.AliasNode !== '' || from.AliasService !== '') return 'alias';
  if (isScript && from.DockerContainerID !== '' && isTimed) return 'docker';
  return isScript ? 'script' : '';
}

function definitionJson(from: Definition): JsonObject {
  const text = (ns: number): string => (ns === 0 ? '' : formatGoDuration(ns));
  return omitEmpty({
    Interval: text(from.Interval || from.IntervalDuration),
    OutputMaxSize: from.OutputMaxSize,
    Timeout: text(from.Timeout || from.TimeoutDuration),
    DeregisterCriticalServiceAfter: text(
      from.DeregisterCriticalServiceAfter || from.DeregisterCriticalServiceAfterDuration,
    ),
    HTTP: from.HTTP,
    TLSSkipVerify: from.TLSSkipVerify,
    Header: from.Header && Object.keys(from.Header).length > 0 ? sortedMap(from.Header) : null,
    Method: from.Method,
    Body: from.Body,
    TCP: from.TCP,
    ScriptArgs: from.ScriptArgs && from.ScriptArgs.length > 0 ? from.ScriptArgs : null,
    DockerContainerID: from.DockerContainerID,
    Shell: from.Shell,
    GRPC: from.GRPC,
    GRPCUseTLS: from.GRPCUseTLS,
    AliasNode: from.AliasNode,
    AliasService: from.AliasService,
    TTL: from.TTL,
  });
}
