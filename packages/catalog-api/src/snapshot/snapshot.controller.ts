import { Controller } from '@nestjs/common';
import { HttpError } from '../http/http-error';
import type { Reply } from '../http/reply';
import { Route } from '../http/route';

/** Archives of the whole state. This agent refuses both ways rather than give half of one. */
@Controller()
export class SnapshotController {
  @Route('GET', '/v1/snapshot')
  save(): Reply {
    throw refused();
  }

  @Route('PUT', '/v1/snapshot')
  restore(): Reply {
    throw refused();
  }
}

const refused = (): HttpError => new HttpError(501, 'This agent does not serve snapshots over HTTP');
