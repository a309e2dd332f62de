import { describe, expect, it } from 'vitest';
import { LinkifyIt } from '../../src/markdown/linkify';
import { random, render, stream, toHtml } from './support';

const html = (text: string): string => toHtml(render(text));
const links = (text: string): (string | null)[] => Array.from(render(text).querySelectorAll('a'), (node) => node.textContent);

describe('emphasis in scripts without spaces between words', () => {
  it.each([
    ['**注意：**请先备份。', '<strong>注意：</strong>请先备份。'],
    ['请**「先」备份**。', '请<strong>「先」备份</strong>。'],
    ['这是**“重要”**的', '这是<strong>“重要”</strong>的'],
    ['这是**"重要"**的', '这是<strong>&quot;重要&quot;</strong>的'],
    ['**注意(x)**请', '<strong>注意(x)</strong>请'],
    ['**注意！**Note', '<strong>注意！</strong>Note'],
    ['**“中文”**English', '<strong>“中文”</strong>English'],
    ['*注意：*请', '<em>注意：</em>请'],
    ['***注意：***请', '<em><strong>注意：</strong></em>请'],
    ['__注意：__请', '<strong>注意：</strong>请'],
    ['~~旧的。~~新的', '<s>旧的。</s>新的'],
    ['**100%**達成', '<strong>100%</strong>達成'],
    ['これは**「強調」**です。', 'これは<strong>「強調」</strong>です。'],
    ['**データベース（DB）**を', '<strong>データベース（DB）</strong>を'],
    ['**중요(주의)**입니다', '<strong>중요(주의)</strong>입니다'],
    ['**คำเตือน:**โปรดอ่าน', '<strong>คำเตือน:</strong>โปรดอ่าน'],
    ['**葛\u{E0100}。**城', '<strong>葛\u{E0100}。</strong>城'],
    ['**𠮷：**𠮷野', '<strong>𠮷：</strong>𠮷野'],
    ['**`code`**请', '<strong><code>code</code></strong>请'],
    ['**[链接](https://a.b)**请', '<strong><a href="https://a.b">链接</a></strong>请'],
    ['文件_名称_说明', '文件_名称_说明'],
    ['数 * 数 * 数', '数 * 数 * 数'],
    ['** 注意 **', '** 注意 **'],
    ['a**(b)**c', 'a**(b)**c'],
    ['**Hello.**World', '**Hello.**World'],
  ])('is found in %j', (source, expected) => {
    expect(html(source)).toBe(`<p>${expected}</p>`);
    for (let seed = 1; seed < 4; seed += 1) expect(toHtml(stream(source, random(seed)))).toBe(`<p>${expected}</p>`);
  });
});

describe('addresses in text without spaces', () => {
  it.each([
    ['请看https://example.com/docs，然后继续', ['https://example.com/docs']],
    ['请看https://example.com/docs然后继续', ['https://example.com/docs']],
    ['（https://example.com/a）和《https://example.com/b》', ['https://example.com/a', 'https://example.com/b']],
    ['「https://example.com」です', ['https://example.com']],
    ['“https://example.com/docs”是', ['https://example.com/docs']],
    ['https://example.com。下一句', ['https://example.com']],
    ['https://example.comを参照', ['https://example.com']],
    ['https://example.com에서', ['https://example.com']],
    ['ดูhttps://example.com/aเพื่อ', ['https://example.com/a']],
    ['https://example.com/a——然后', ['https://example.com/a']],
    ['https://example.com/a……然后', ['https://example.com/a']],
    ['https://example.com/a、https://example.com/b', ['https://example.com/a', 'https://example.com/b']],
    ['https://example.com/?q=1；结束', ['https://example.com/?q=1']],
    ['联系a@b.com，谢谢', ['a@b.com']],
    ['联系mailto:a@b.com谢谢', ['mailto:a@b.com']],
    ['https://zh.wikipedia.org/wiki/中文 好', ['https://zh.wikipedia.org/wiki/中文']],
    ['https://ja.wikipedia.org/wiki/東京2020オリンピック', ['https://ja.wikipedia.org/wiki/東京2020オリンピック']],
    ['https://ja.wikipedia.org/wiki/東京_(曖昧さ回避)', ['https://ja.wikipedia.org/wiki/東京_(曖昧さ回避)']],
    ['https://例え.テスト/道?名=値', ['https://例え.テスト/道?名=値']],
    ['https://ca.example/col·lecció', ['https://ca.example/col·lecció']],
    ['https://ar.example/العربية، ثم', ['https://ar.example/العربية،']],
  ])('end where they do in %j', (source, expected) => expect(links(source)).toEqual(expected));

  it('leave the emphasis behind them alone', () => {
    expect(html('**请看https://example.com/docs**，然后')).toBe('<p><strong>请看<a href="https://example.com/docs">https://example.com/docs</a></strong>，然后</p>');
    expect(toHtml(stream('看https://example.com/a，**然后**继续', random(3)))).toContain('，<strong>然后</strong>继续');
  });

  it('are found in time that grows as the text does', () => {
    const link = new LinkifyIt();
    for (const piece of [')', 'https://a.b/)', 'http://./', 'mailto:', 'mailto:a', 'a@', 'a@b.', '中', '/中', '—', '[)]']) {
      const took = (count: number): number => {
        const text = `https://a.b/${piece.repeat(count)}`;
        const start = performance.now();
        link.match(text);
        link.matchAtStart(text);
        return performance.now() - start;
      };
      took(1000);
      expect(took(20_000), piece).toBeLessThan(1000);
    }
  });
});
