/** The components every widget may use. */
import { Button } from './Button';
import { Card } from './Card';
import { ChartView } from './ChartView';
import { Checkbox } from './Checkbox';
import { DatePicker } from './DatePicker';
import { Form } from './FormFrame';
import { Input } from './Input';
import { Basic, Box, Col, Divider, Row, Spacer, Transition } from './layout';
import { ListView, ListViewItem } from './ListView';
import { IconView, Image, MarkdownView } from './media';
import { RadioGroup } from './RadioGroup';
import { registerWidget } from './registry';
import { Select } from './Select';
import { Table, TableCell, TableRow } from './Table';
import { Badge, Caption, Label, TextView, Title } from './text';
import { Textarea } from './Textarea';
import type { WidgetRenderer } from './types';

const BUILTIN: Readonly<Record<string, WidgetRenderer>> = {
  Badge, Basic, Box, Button, Caption, Card, Chart: ChartView, Checkbox, Col, DatePicker, Divider, Form, Icon: IconView, Image, Input, Label, ListView, ListViewItem, Markdown: MarkdownView,
  RadioGroup, Row, Select, Spacer, Table, 'Table.Cell': TableCell, 'Table.Row': TableRow, Text: TextView, Textarea, Title, Transition,
};

for (const [type, renderer] of Object.entries(BUILTIN)) registerWidget(type, renderer);
