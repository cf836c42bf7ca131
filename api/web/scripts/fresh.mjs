// Fails when src/api/schema.d.ts is not what `npm run generate` makes of ../openapi.yaml. npm puts both tools on the path.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'jingwei-schema-'));
try {
  const made = join(folder, 'schema.d.ts');
  execFileSync('npx', ['--no-install', 'openapi-typescript', '../openapi.yaml', '-o', made], {
    stdio: 'pipe',
  });
  const config = ['--config-path', process.cwd()];
  const formatted = execFileSync('biome', ['format', ...config, '--stdin-file-path', 'src/api/schema.d.ts'], {
    input: readFileSync(made),
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  if (formatted.toString() !== readFileSync('src/api/schema.d.ts', 'utf8')) {
    console.error('src/api/schema.d.ts is stale: run `npm run generate` and commit the result');
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
