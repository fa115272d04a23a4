import './settings.css';
import { useRoute } from 'preact-iso/router';
import { NotFoundPage } from '../not-found/not-found-page.tsx';
import { BlockedPage } from './blocked-page.tsx';
import { DevicesPage } from './devices-page.tsx';
import { LookPage } from './look-page.tsx';
import { MenuPage } from './menu-page.tsx';
import { NotificationsPage } from './notifications-page.tsx';
import { ProfilePage } from './profile-page.tsx';

const SECTIONS = {
  '': MenuPage,
  profile: ProfilePage,
  devices: DevicesPage,
  notifications: NotificationsPage,
  look: LookPage,
  blocked: BlockedPage,
} as const;

/** The settings: what there is to set, or one section of it. */
const SettingsPage = () => {
  const section = useRoute().params.section ?? '';
  const Section = section in SECTIONS ? SECTIONS[section as keyof typeof SECTIONS] : NotFoundPage;
  return <Section />;
};

export default SettingsPage;
