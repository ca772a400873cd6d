import { startPreload } from './preload/start-preload.ts';

startPreload(process.env, process.argv[1]);
