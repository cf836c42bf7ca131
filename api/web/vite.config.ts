import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vitest/config';

const server = process.env.JINGWEI_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/ogc', '/tiles', '/styles', '/basemaps', '/events', '/search'];

/** The Go package embeds dist, and must find placeholder.html there also without a build. */
function keepPlaceholder(): Plugin {
  return {
    name: 'keep-placeholder',
    apply: 'build',
    buildStart() {
      for (const name of readdirSync('dist')) {
        if (name !== 'placeholder.html') rmSync(join('dist', name), { recursive: true });
      }
    },
  };
}

/** antd's styles go where the page's policy lets them: see src/console/antd/styleSheets.ts. */
function constructedStyleSheets(): Plugin {
  const own = join(import.meta.dirname, 'src/console/antd/styleSheets.ts');
  let replaced = 0;
  return {
    name: 'constructed-style-sheets',
    enforce: 'pre',
    apply: 'build',
    resolveId(source, importer) {
      if (!/(^|\/)Dom\/dynamicCSS(\.js)?$/.test(source) || !importer?.includes('node_modules')) return null;
      replaced++;
      return own;
    },
    buildEnd(error) {
      if (!error && replaced === 0)
        this.error('antd puts its styles in the page by another module than expected');
    },
  };
}

export default defineConfig({
  plugins: [react(), keepPlaceholder(), constructedStyleSheets()],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    chunkSizeWarningLimit: 1500,
    sourcemap: false,
    rollupOptions: { input: ['index.html', 'console.html'] },
  },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: false }])),
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
