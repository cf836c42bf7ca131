import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useBaseMaps, useConditions, useDivision, useOrganization, useShape } from '../api/queries';
import { chosenBase } from '../map/basemap';
import type { MapController } from '../map/controller';
import { extentOf } from '../map/veil';
import { useLanguage, useServices, useUrl } from '../services';
import { useKinds } from './useKinds';

/** Makes the map show what the state of the page says. */
export function useMapSync(controller: MapController): void {
  const { store } = useServices();
  const language = useLanguage();
  const conditions = useConditions();
  const off = useUrl((state) => state.off);
  const known = useKinds();
  const { t } = useTranslation();
  useEffect(() => {
    controller.setLanguage(language);
    controller.map.getCanvas().setAttribute('aria-label', t('map.label'));
  }, [controller, language, t]);
  useEffect(() => controller.setFilter(conditions), [controller, conditions]);
  useEffect(() => controller.setOff(off), [controller, off]);
  useEffect(() => {
    if (known.length > 0) controller.setKinds(known);
  }, [controller, known]);
  useEffect(
    () =>
      store.onReturn((state) => {
        controller.stay(state.division);
        if (state.view) controller.jump(state.view);
      }),
    [controller, store],
  );
  const at = useUrl((state) => state.at);
  useEffect(() => controller.setPlace(at), [controller, at]);
  useBase(controller);
  useSelected(controller);
  useDrill(controller);
}

function useBase(controller: MapController): void {
  const base = useUrl((state) => state.base);
  const { data } = useBaseMaps();
  const shown = useRef(base);
  useEffect(() => {
    if (!data || shown.current === base) return;
    shown.current = base;
    void controller.setBase(chosenBase(data.items, base));
  }, [controller, base, data]);
}

function useSelected(controller: MapController): void {
  const selected = useUrl((state) => state.selected);
  const { data } = useOrganization(selected);
  useEffect(() => {
    const organization = selected === null ? null : (data ?? null);
    controller.setSelected(organization);
    const [lng, lat] = organization?.location ?? [];
    if (!controller.openedWithView && lng !== undefined && lat !== undefined) controller.flyTo(lng, lat, 15);
    if (organization || selected === null) controller.openedWithView = true;
  }, [controller, selected, data]);
}

/** Veils what lies outside of the chosen division, shows what lies below it, and fits the camera to it. */
function useDrill(controller: MapController): void {
  const { store, missing } = useServices();
  const division = useUrl((state) => state.division);
  const detail = useDivision(division).data;
  const day = useUrl((state) => state.datetime);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said of one day is not said of another
  useEffect(() => missing.set(null), [missing, day]);
  const shape = useShape(division).data;
  useEffect(() => {
    if (division === null || detail === undefined) return;
    // The link is of another day or data set: what there is shows instead, and the page says so.
    missing.set(detail === null ? division : null);
    if (detail === null) store.set({ division: null }, 'replace');
  }, [store, missing, division, detail]);
  useEffect(() => {
    controller.setShape(division === null ? null : (shape ?? null));
  }, [controller, division, shape]);
  useEffect(() => {
    if (division === null) void controller.setChildren(null, null);
    else if (detail) void controller.setChildren(division, detail.level);
  }, [controller, division, detail]);
  useEffect(() => {
    if (controller.settled === division) return;
    if (division === null) {
      controller.stay(null);
      controller.home();
      return;
    }
    if (!detail) return;
    const box = detail.bbox ?? (shape ? extentOf(shape.geometry as GeoJSON.MultiPolygon) : null);
    if (box) controller.fit(box);
    else if (detail.label) controller.flyTo(detail.label[0] ?? 0, detail.label[1] ?? 0, 14);
    else return;
    controller.stay(division);
  }, [controller, division, detail, shape]);
}
