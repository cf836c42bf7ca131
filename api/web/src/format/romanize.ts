import type { Language } from './number';

/** Endings of names of divisions that are a word of their own in pinyin, longest first. */
export const endings = [
  '自治县',
  '自治州',
  '自治旗',
  '自治区',
  '社区居委会',
  '社区',
  '村委会',
  '居委会',
  '街道',
  '省',
  '市',
  '区',
  '县',
  '旗',
  '盟',
  '镇',
  '乡',
  '村',
];

/** "shang cheng qu" of 上城区 as it is printed: Shangcheng Qu. Without pinyin it is the name itself. */
export function romanize(name: string, pinyin: string): string {
  const syllables = pinyin.split(' ').filter((syllable) => syllable !== '');
  if (syllables.length === 0) return name;
  const ending = endings.find((word) => name.endsWith(word) && word.length < syllables.length)?.length ?? 0;
  const words = [syllables.slice(0, syllables.length - ending), syllables.slice(syllables.length - ending)];
  return words
    .map((word) => capital(word.join('')))
    .filter((word) => word !== '')
    .join(' ');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The name of a division for a reader of the language. */
export function divisionName(division: { name: string; pinyin: string }, language: Language): string {
  return language === 'zh' ? division.name : romanize(division.name, division.pinyin);
}
