import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import type { Startable } from '@tribune/platform';
import { Fence } from './answers/fence';
import { Parking } from './answers/parking';
import { readShortcut } from './answers/shortcut';
import { AppModule } from './app.module';
import { CoordinateSender } from './coordinate/coordinate-sender';
import { ConnectionCap } from './http/connection-cap';
import { Dispatcher, endpointHeaders } from './http/dispatcher';
import { HttpServer } from './http/http-server';
import { CatalogApiMetrics, RequestTally } from './http/request-metrics';
import { routesOf } from './http/route';
import { Router } from './http/router';
import { STALLED_READER_MS } from './http/writer';
import type { CatalogApiCollaborators, CatalogApiOptions } from './options';

export interface CatalogApi extends Startable {
  /** The TCP port of the first address, once started. */
  readonly port: number;
}

/** The HTTP API over a view. Nest wires the areas; requests go through our own router on node:http (decision 0006). */
export function createCatalogApi(options: CatalogApiOptions, collaborators: CatalogApiCollaborators): CatalogApi {
  let context: INestApplicationContext | undefined;
  let server: HttpServer | undefined;
  return {
    get port() {
      return server?.port ?? 0;
    },
    async start() {
      if (server) return;
      context = await NestFactory.createApplicationContext(AppModule.of(options, collaborators), {
        logger: false,
        abortOnError: false,
      });
      server = serverOf(context, options, collaborators);
      await context.get(Parking).start();
      await server.start();
      await context.get(CoordinateSender).start();
    },
    async stop() {
      await context?.get(CoordinateSender).stop();
      await server?.stop(() => context?.get(Parking).releaseAll());
      await context?.get(Parking).stop();
      await context?.close();
      server = undefined;
      context = undefined;
    },
  };
}

function serverOf(
  context: INestApplicationContext,
  options: CatalogApiOptions,
  collaborators: CatalogApiCollaborators,
): HttpServer {
  const logger = collaborators.logger.child('http');
  const metrics = context.get(CatalogApiMetrics);
  const tally = new RequestTally(metrics);
  const parking = context.get(Parking);
  metrics.observe(parking);
  const stalledMs = options.limits.stalledReaderMs ?? STALLED_READER_MS;
  const counted = (route: string, status: number): void => tally.counted(route, 'GET', status);
  const shortcut = readShortcut(parking.answers, context.get(Fence), endpointHeaders(options), stalledMs, counted);
  const dispatcher = new Dispatcher(routerOf(context), options, tally, logger, shortcut);
  const cap = new ConnectionCap(options.limits.httpMaxConnsPerClient, () => metrics.connectionsRefused.inc());
  const server = new HttpServer(options.http, dispatcher, cap, logger);
  metrics.observeConnections(server);
  return server;
}

/** Every `@Route` of every controller that Nest made. */
function routerOf(context: INestApplicationContext): Router {
  const router = new Router();
  for (const { instance } of context.get(DiscoveryService).getControllers()) {
    for (const { method, pattern, handler } of routesOf(instance as object)) router.add(method, pattern, handler);
  }
  return router;
}
