import { createWorker } from 'thalweg/worker';
import config from './config.json';

export default createWorker(config);
