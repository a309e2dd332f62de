export { Icon, type IconProps } from './Icon';
export { createIcon } from './svg';
