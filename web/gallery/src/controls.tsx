/** How it is shown: colours, language, sizes. */
import type { ComponentChildren, JSX } from 'preact';
import type { Place } from './place';

interface ControlsProps {
  place: Place;
  onChange: (change: Partial<Place>) => void;
}

const locales = ['en', 'de', 'fr', 'es', 'pt-BR', 'pl', 'tr', 'ja', 'zh-CN', 'ko', 'hi', 'ar', 'ur'];
const widths = [320, 360, 480, 768, 1024];
const accents = [['Ink', ''], ['Indigo', '#4f46e5'], ['Teal', '#0d9488'], ['Rose', '#e11d48'], ['Amber', '#d97706']] as const;

export function Controls({ place, onChange }: ControlsProps): JSX.Element {
  return (
    <div class="controls">
      <Choice label="Colours" value={place.scheme} onChange={(scheme) => onChange({ scheme: scheme as Place['scheme'] })}
        options={[['system', 'System'], ['light', 'Light'], ['dark', 'Dark']]} />
      <Choice label="Language" value={place.locale} onChange={(locale) => onChange({ locale })}
        options={(locales.includes(place.locale) ? locales : [...locales, place.locale]).map((each) => [each, nameOf(each)])} />
      <Choice label="Width" value={String(place.width ?? '')} onChange={(width) => onChange({ width: width === '' ? null : Number(width) })}
        options={[['', 'Full'], ...widths.map((each): [string, string] => [String(each), `${each} px`])]} />
      <Choice label="Density" value={place.density ?? ''} onChange={(density) => onChange({ density: density || null })}
        options={[['', 'Default'], ['compact', 'Compact'], ['normal', 'Normal'], ['spacious', 'Spacious']]} />
      <Choice label="Corners" value={place.radius ?? ''} onChange={(radius) => onChange({ radius: radius || null })}
        options={[['', 'Default'], ['pill', 'Pill'], ['round', 'Round'], ['soft', 'Soft'], ['sharp', 'Sharp']]} />
      <Choice label="Accent" value={place.accent ?? ''} onChange={(accent) => onChange({ accent: accent || null })}
        options={accents.map(([name, value]) => [value, name])} />
    </div>
  );
}

function nameOf(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: ComponentChildren])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps): JSX.Element {
  return (
    <label class="control">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([each, text]) => <option key={each} value={each} selected={each === value}>{text}</option>)}
      </select>
    </label>
  );
}
