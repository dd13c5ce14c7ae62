import { Module } from '@nestjs/common';
import { CoordinateController } from './coordinate.controller';

@Module({ controllers: [CoordinateController] })
export class CoordinateModule {}
