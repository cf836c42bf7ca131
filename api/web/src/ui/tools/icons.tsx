import { Icon } from '../icons';

export const LassoIcon = () => (
  <Icon path="M10 3c4 0 7 2 7 4.8 0 2.7-3 4.7-7 4.7-1.2 0-2.3-.2-3.2-.5M10 3C6 3 3 5 3 7.8c0 1.7 1.1 3.1 2.8 3.9M5.8 11.7c1.4.6 1.3 2.4 0 2.9-1.3.5-2.3-.9-1.3-2 .3-.4.8-.7 1.3-.9ZM6.2 14.5c.2 1 0 2-.7 3" />
);
export const BoxIcon = () => <Icon path="M3.5 5h13v10h-13V5Z" />;
export const CircleIcon = () => <Icon path="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 10l5-5M10 10v.1" />;
export const PolygonIcon = () => <Icon path="m4 7 6.5-4L17 8.5 14 16.5 5.5 15 4 7Z" />;
export const CorridorIcon = () => (
  <Icon path="M5 16.5c1.5-4 8.5-4.5 10-12.5M2 15c.5-5 8-5.5 9.5-12M9 17.5c2-3.5 7-5 9-11.5" />
);
export const RulerIcon = () => <Icon path="M3 14h14M3 14V7M17 14V7M6.5 14v-3M10 14V9M13.5 14v-3" />;
export const UploadIcon = () => <Icon path="M10 13V4M6.5 7.5 10 4l3.5 3.5M4 13v3h12v-3" />;
export const DownloadIcon = () => <Icon path="M10 4v9M6.5 9.5 10 13l3.5-3.5M4 13.5v3h12v-3" />;
export const TrashIcon = () => (
  <Icon path="M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v4.5M11.5 9v4.5" />
);
