function Icon({ path }: { path: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export const PeopleIcon = () => (
  <Icon path="M7.5 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 17v-1a5.5 5.5 0 0 1 11 0v1M13 3.3a3 3 0 0 1 0 5.4M15 11.3a5.5 5.5 0 0 1 3 4.7v1" />
);
export const PersonIcon = () => (
  <Icon path="M10 9.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 17.5v-1a6.5 6.5 0 0 1 13 0v1" />
);
export const AuditIcon = () => <Icon path="M5 2.5h7l3.5 3.5v11.5H5ZM12 2.5V6h3.5M7.5 10h5M7.5 13.5h5" />;
export const ScreenIcon = () => <Icon path="M2.5 4h15v9.5h-15ZM7 17h6M10 13.5V17" />;
export const KeyIcon = () => (
  <Icon path="M13 9.5a3.5 3.5 0 1 0-3.3-2.3L3 14v3h3v-2h2v-2h2l1.7-3.7c.4.1.8.2 1.3.2ZM13.5 6v.1" />
);
export const TaskIcon = () => <Icon path="M3.5 4h13v13h-13ZM6.5 10.5l2.5 2.5 5-5.5M7 2v3M13 2v3" />;
export const TreeIcon = () => <Icon path="M4 3v12h4M4 7h4M10 5h7v4h-7ZM10 13h7v4h-7Z" />;
export {
  CloseIcon,
  DownIcon,
  LeftIcon,
  LinkIcon,
  MinusIcon,
  PinIcon,
  PlusIcon,
  RightIcon,
  SearchIcon,
  TargetIcon,
} from '../../ui/icons';
