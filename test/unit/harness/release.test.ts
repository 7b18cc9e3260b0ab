import assert from 'node:assert/strict';
import { changelogProblems, cutChangelog } from '../../harness/release';

const changelog = (unreleased: string): string =>
  `# Changelog\n\n## [Unreleased]\n${unreleased}\n## [0.2.0] - 2026-11-30\n\n### Added\n\n- A thing.\n\n[unreleased]: x/compare/v0.2.0...HEAD\n[0.2.0]: x/tag/v0.2.0\n`;
const WITH_ENTRIES = changelog('\n### Fixed\n\n- Another thing.\n');

describe('release', () => {
  const CASES: readonly (readonly [string, string, string, number])[] = [
    ['a new version with entries', WITH_ENTRIES, '0.3.0', 0],
    ['a new version without entries', changelog(''), '0.3.0', 1],
    ['the version that is cut', changelog(''), '0.2.0', 0],
    ['the version that is cut, with newer entries', WITH_ENTRIES, '0.2.0', 1],
    ['a check with entries', WITH_ENTRIES, '--check', 0],
    ['a check of the version that is cut', changelog(''), '--check', 0],
    ['a changelog without the section', '# Changelog\n', '--check', 1],
  ];
  for (const [name, text, wanted, count] of CASES)
    it(`finds ${count} problems for ${name}`, () =>
      assert.equal(changelogProblems(text, wanted, '0.2.0').length, count));

  it('cuts the changelog and leaves an empty Unreleased section', () => {
    const cut = cutChangelog(WITH_ENTRIES, '0.3.0', '0.2.0', '2027-01-02');
    assert.match(cut, /## \[Unreleased\]\n\n## \[0\.3\.0\] - 2027-01-02\n\n### Fixed\n\n- Another thing\./);
    assert.match(
      cut,
      /\[unreleased\]: \S+\/compare\/v0\.3\.0\.\.\.HEAD\n\[0\.3\.0\]: \S+\/compare\/v0\.2\.0\.\.\.v0\.3\.0\n/,
    );
    assert.deepEqual(changelogProblems(cut, '0.3.0', '0.3.0'), []);
  });
});
