import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SqlDatabase, fromSqlText, toSqlText } from '../../../../../src/infrastructure/store/sql/engine';
import { anyText } from '../journal/anyEvents';
import { wasmBinary } from '../storeFixtures';

describe('sqlText', () => {
  it('leaves ordinary text unchanged, for search', () => {
    for (const text of ['', 'plain', 'Ümläute 漢字 🧪', 'lines\r\n\ttabs', '\x1b[31m'])
      assert.equal(toSqlText(text), text);
  });

  it('stores any string unchanged, including one joined from pieces', async () => {
    const database = await SqlDatabase.create(await wasmBinary());
    database.execute('CREATE TABLE t (text TEXT)');
    fc.assert(
      fc.property(anyText, fc.nat(), (text, at) => {
        const cut = text.length === 0 ? 0 : at % text.length;
        assert.equal(fromSqlText(toSqlText(text)), text);
        database.execute('DELETE FROM t');
        database.run('INSERT INTO t VALUES (?)', [text.slice(0, cut)]);
        database.run('UPDATE t SET text = text || ?', [text.slice(cut)]);
        assert.deepEqual(database.get('SELECT text FROM t', []), [text]);
      }),
      { numRuns: 300 },
    );
    database.close();
  });

  it('keeps a surrogate pair that was split between two pieces', async () => {
    const database = await SqlDatabase.create(await wasmBinary());
    assert.deepEqual(database.get('SELECT ? || ?', ['a\ud83e', '\uddeab']), ['a🧪b']);
    database.close();
  });
});
