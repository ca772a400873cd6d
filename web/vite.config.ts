import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `vite dev` finds the API; the built UI is served by the server itself, same origin. */
const DEV_SERVER = process.env.HOPLINE_DEV_SERVER ?? 'http://localhost:7070';

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['hopline-source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The map's graph library is its own chunk, loaded with the map only.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': DEV_SERVER } },
});
