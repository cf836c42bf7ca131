import { Refusal } from '../api/client';
import type { ImportField, ImportMapping } from '../api/imports';

/** All fields, in the order in which they are shown. */
export const fields: readonly ImportField[] = [
  'code',
  'name',
  'short_name',
  'kind',
  'level',
  'superior',
  'division',
  'lng',
  'lat',
  'coordinate',
  'crs',
  'accuracy',
  'address',
  'phone',
  'uscc',
  'valid_from',
];

/** What is wrong with a choice of columns: none is the name or the code, or two are the same field; null when it is well. */
export function faultOf(columns: ImportMapping['columns']): 'none' | ImportField | null {
  const chosen = columns.filter((field) => field !== null);
  const twice = chosen.find((field, i) => chosen.indexOf(field) !== i);
  if (twice !== undefined) return twice;
  return chosen.includes('name') || chosen.includes('code') ? null : 'none';
}

/** The zones of 3° of CGCS2000 whose eastings have no number in front: the code and the meridian in degrees. */
export function zones(): [string, number][] {
  return Array.from({ length: 21 }, (_, i) => [`EPSG:${4534 + i}`, 75 + 3 * i]);
}

/** Which pages of so many rows each the rows from, to (exclusive) are on. */
export function pagesOf(from: number, to: number, size: number): number[] {
  if (to <= from) return [];
  const first = Math.floor(from / size);
  return Array.from({ length: Math.floor((to - 1) / size) - first + 1 }, (_, i) => first + i);
}

/** The columns of an empty table, as an import knows them by name. */
export const templates = {
  zh: [
    '组织编码',
    '名称',
    '简称',
    '类别',
    '层级',
    '上级',
    '行政区划',
    '经度',
    '纬度',
    '坐标系',
    '地址',
    '电话',
    '统一社会信用代码',
    '成立日期',
  ],
  en: [
    'Code',
    'Name',
    'Short name',
    'Kind',
    'Level',
    'Superior',
    'Division',
    'Longitude',
    'Latitude',
    'CRS',
    'Address',
    'Phone',
    'USCC',
    'Valid from',
  ],
} as const;

/** Why a file did not come in, by what the server has against it; null when it is about something else. */
export function unreadOf(error: unknown): 'large' | 'file' | 'second' | null {
  if (!(error instanceof Refusal) || error.problem?.field !== 'file') return null;
  if (error.status === 429) return 'second';
  if (error.status === 413) return 'large';
  return error.status === 400 ? 'file' : null;
}
