/** The outlines of icons on a square of 24, by name. */
const PATHS = {
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chats:
    'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5' +
    ' 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z',
  call:
    'M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0' +
    ' 0 1 4.5 6.2 2 2 0 0 1 6.5 4z',
  video:
    'M4 7.5A1.5 1.5 0 0 1 5.5 6h8A1.5 1.5 0 0 1 15 7.5v9a1.5 1.5 0 0 1-1.5' +
    ' 1.5h-8A1.5 1.5 0 0 1 4 16.5zM15 10.5l5-3v9l-5-3z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-3.8 3.7-5.5 7.5-5.500s6.7 1.7 7.5 5.5',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.4 3.1-5 6.5-5s5.9' +
    ' 1.6 6.5 5M16 11a3 3 0 1 0-1-5.8M18 14.8c2 .6 3.2 2.2 3.5 4.7',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19 12l2-1.5-2-3.5-2.3.9-2-1.2L14.3' +
    ' 4h-4.6l-.4 2.7-2 1.2L5 7 3 10.5 5 12l-2 1.5L5 17l2.3-.9 2 1.2.4 2.7h4.6l.4-2.7' +
    ' 2-1.2 2.3.9 2-3.5z',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  send: 'M4 12l16-8-5.5 16-3-6.5z',
  more: 'M12 6.5v-.01M12 12v-.01M12 17.5v-.01',
  edit: 'M5 19l1-4L16.5 4.5l3 3L9 18z',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7',
  phone:
    'M8 3.5h8A1.5 1.5 0 0 1 17.5 5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5' +
    ' 19V5A1.5 1.5 0 0 1 8 3.5zM11 17.5h2',
  desktop: 'M4 5.5h16v10H4zM9 19.5h6M12 15.5v4',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v2M14 20h2M18.5 18.5H20V20',
  bell: 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  globe:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.5 12h17M12 3.5c3 3 3 14 0' +
    ' 17M12 3.5c-3 3-3 14 0 17',
  moon: 'M19.5 14A8 8 0 0 1 10 4.5 8 8 0 1 0 19.5 14z',
  block: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM6 6l12 12',
  exit: 'M10 4.5H5.5v15H10M14 8l4 4-4 4M18 12H9.5',
  mic:
    'M12 14.5a3 3 0 0 0 3-3v-5a3 3 0 1 0-6 0v5a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0' + 'M12 17.5v3',
  camera: 'M4 8.5h3.5L9 6h6l1.5 2.5H20V18H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  torch: 'M8 4h8v3.5l-2 3V20h-4v-9.5l-2-3zM8 7.5h8',
  offline:
    'M4 4l16 16M8.5 16a5 5 0 0 1 6-.5M5.5 12.5a9 9 0 0 1 4-2.3M2.5 9.5A13 13 0 0 1 7' +
    ' 6.7M18.5 12.5a9 9 0 0 0-3-2M21.5 9.5A13 13 0 0 0 11 5.6M12 19.5v-.01',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon in the colour of the text; what it means stands beside it, or is its button's label. */
export const Icon = ({ name, size = 24 }: { name: IconName; size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
