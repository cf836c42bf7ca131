/** A drawing of lines in a square of 20. */
export function Icon({ path }: { path: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export const SearchIcon = () => <Icon path="M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5L17 17" />;
export const CloseIcon = () => <Icon path="m5 5 10 10M15 5 5 15" />;
export const PlusIcon = () => <Icon path="M10 4v12M4 10h12" />;
export const MinusIcon = () => <Icon path="M4 10h12" />;
export const HomeIcon = () => <Icon path="M3 7V3h4M17 7V3h-4M3 13v4h4M17 13v4h-4" />;
export const LeftIcon = () => <Icon path="m12 5-5 5 5 5" />;
export const RightIcon = () => <Icon path="m8 5 5 5-5 5" />;
export const UpIcon = () => <Icon path="m5 12 5-5 5 5" />;
export const DownIcon = () => <Icon path="m5 8 5 5 5-5" />;
export const HelpIcon = () => (
  <Icon path="M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M10 14.6v.1M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z" />
);
export const LinkIcon = () => (
  <Icon path="M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-.9.9M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l.9-.9" />
);
export const TargetIcon = () => (
  <Icon path="M10 14.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10 2.5v3M10 14.5v3M2.5 10h3M14.5 10h3" />
);
export const PinIcon = () => (
  <Icon path="M10 17.5s-5.5-5-5.5-9a5.5 5.5 0 0 1 11 0c0 4-5.5 9-5.5 9ZM10 10.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z" />
);
export const ClockIcon = () => <Icon path="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 5.5V10l3 2" />;
export const PlayIcon = () => <Icon path="m7 4.5 8 5.5-8 5.5Z" />;
export const PauseIcon = () => <Icon path="M7 4.5v11M13 4.5v11" />;
export const LayersIcon = () => <Icon path="m10 3 7 4-7 4-7-4 7-4ZM3.5 11l6.5 3.7 6.5-3.7" />;
export const CompareIcon = () => <Icon path="M10 2.5v15M3.5 5H8v10H3.5V5ZM12 5h4.5v10H12" />;
export const PrintIcon = () => <Icon path="M6 7.5V3h8v4.5M6 14H3.5V7.5h13V14H14M6 11.5h8V17H6v-5.5Z" />;
export const ToolsIcon = () => (
  <Icon path="M3 12.5 12.5 3 17 7.5 7.5 17 3 12.5ZM6 9.5l1.5 1.5M8.5 7l2.5 2.5M11 4.5 12.5 6" />
);
