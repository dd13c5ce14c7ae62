import { Controller, Inject } from '@nestjs/common';
import type { Call } from '../http/call';
import { badRequest, HttpError, serverError } from '../http/http-error';
import type { Reply } from '../http/reply';
import { Route } from '../http/route';
import { decodeBody } from '../json/decode-body';
import { goString, struct } from '../json/go-type';
import type { CatalogApiOptions } from '../options';
import { OPTIONS } from '../tokens';

const AUTHORIZE = struct('ConnectAuthorizeRequest', {
  Target: goString,
  ClientCertURI: goString,
  ClientCertSerial: goString,
  Namespace: goString,
});

/** SPIFFE identifiers of services, agents and trust domains, as Connect writes them. */
const CONNECT_URI = /^spiffe:\/\/[^/]+(\/ns\/[^/]+\/dc\/[^/]+\/svc\/[^/]+|\/agent\/client\/dc\/[^/]+\/id\/[^/]+)$/;

const disabled = (): HttpError => serverError('Connect must be enabled in order to use this endpoint');

/** There is no certificate authority here; these endpoints say so, in the words of a Consul whose Connect is off. */
@Controller()
export class AgentConnectController {
  constructor(@Inject(OPTIONS) private readonly options: CatalogApiOptions) {}

  @Route('GET', '/v1/agent/connect/ca/roots')
  roots(): Reply {
    throw disabled();
  }

  @Route('GET', '/v1/agent/connect/ca/leaf/')
  leaf(): Reply {
    throw disabled();
  }

  @Route('POST', '/v1/agent/connect/authorize')
  async authorize(call: Call): Promise<Reply> {
    const { bodyBytesMax } = this.options.limits;
    const { Target, ClientCertURI } = await decodeBody(call, AUTHORIZE, {
      bytesMax: bodyBytesMax,
      isStrict: true,
    }).catch((error: unknown) => {
      throw error instanceof HttpError && error.status === 400 ? badRequest(`Bad request: ${error.message}`) : error;
    });
    if (Target === '') throw badRequest('Bad request: Target service must be specified');
    if (!CONNECT_URI.test(ClientCertURI)) throw badRequest('Bad request: ClientCertURI not a valid Connect identifier');
    throw disabled();
  }
}

/** Access control lists are off. */
@Controller()
export class AgentTokenController {
  @Route('PUT', '/v1/agent/token/')
  set(): Reply {
    throw new HttpError(401, 'ACL support disabled');
  }
}
