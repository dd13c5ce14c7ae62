import { Module } from '@nestjs/common';
import { PreparedQueryController } from './prepared-query.controller';

@Module({ controllers: [PreparedQueryController] })
export class PreparedQueryModule {}
