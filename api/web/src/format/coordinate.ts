import type { Language } from './number';

/** How coordinates are written. */
export type Notation = 'decimal' | 'dms';

export interface Degrees {
  lng: number;
  lat: number;
}

const hemispheres: Record<Language, readonly [string, string, string, string]> = {
  zh: ['东经', '西经', '北纬', '南纬'],
  en: ['E', 'W', 'N', 'S'],
};

/** Longitude before latitude, as is usual in China: 东经120.15520° 北纬30.27410°. */
export function coordinate(at: Degrees, notation: Notation, language: Language): string {
  const [east, west, north, south] = hemispheres[language];
  const lng = wrap(at.lng);
  return [
    one(lng, lng < 0 ? west : east, notation, language),
    one(at.lat, at.lat < 0 ? south : north, notation, language),
  ].join(' ');
}

function one(value: number, hemisphere: string, notation: Notation, language: Language): string {
  const text = notation === 'decimal' ? `${Math.abs(value).toFixed(5)}°` : dms(Math.abs(value));
  return language === 'zh' ? hemisphere + text : text + hemisphere;
}

/** Degrees, minutes and seconds to a tenth (about 3 m). It rounds first, so that 60″ never shows. */
export function dms(value: number): string {
  const tenths = Math.round(value * 36000);
  const degrees = Math.floor(tenths / 36000);
  const minutes = Math.floor((tenths % 36000) / 600);
  const seconds = (tenths % 600) / 10;
  return `${degrees}°${pad(minutes)}′${seconds < 10 ? '0' : ''}${seconds.toFixed(1)}″`;
}

function pad(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

/** The longitude within -180 and 180 of a map that repeats. */
export function wrap(lng: number): number {
  return ((((lng + 180) % 360) + 360) % 360) - 180;
}
