"""Words of reports as PDF and DOCX, of own templates and logos."""

from __future__ import annotations

from advisor.words import Words

WORDS: dict[str, Words] = {
    "title-option": Words("Your own title for the report.", "自定报告标题。"),
    "fonts-option": Words(
        "A folder with fonts for the PDF, besides those of the system; repeatable.",
        "生成 PDF 时除系统字体外另用的字体目录，可重复给出。",
    ),
    "templates-option": Words(
        "A folder with your own report.md.j2 or report.html.j2.", "存放自有模板 report.md.j2 或 report.html.j2 的目录。"
    ),
    "no-folder": Words("there is no such folder", "没有这个目录"),
    "no-template": Words("none of {names} is in this folder", "目录中没有 {names}"),
    "template-wrong": Words("the template does not work: {message}", "模板有误：{message}"),
    "template-missing": Words("there is no template `{name}` in this folder", "目录中没有模板 `{name}`"),
    "template-forbidden": Words("a template may not do that: {message}", "模板不允许这样做：{message}"),
    "template-too-long": Words("the template was not done after {seconds} seconds", "模板运行超过 {seconds} 秒"),
    "template-too-much": Words(
        "the template asks for too much: memory, time or output", "模板占用过多：内存、时间或输出超限"
    ),
    "extra": Words(
        "this needs the package {package}, which is not installed: pip install 'advisor[{extra}]'",
        "缺少软件包 {package}，请安装：pip install 'advisor[{extra}]'",
    ),
    "logo-option": Words(
        "Your own logo, an SVG or PNG file, in HTML and PDF; a PNG in DOCX too.",
        "自己的徽标（SVG 或 PNG 文件），用于 HTML 与 PDF；PNG 也用于 DOCX。",
    ),
    "logo-too-large": Words("a logo may have {most} KiB at most", "徽标文件最大 {most} KiB"),
    "logo-form": Words("this is neither an SVG nor a PNG picture", "不是 SVG 或 PNG 图片"),
    "logo-pixels": Words(
        "a PNG of {width} × {height} pixels; 1 to {most} a side are taken",
        "PNG 尺寸为 {width} × {height} 像素；边长须为 1 到 {most}",
    ),
    "logo-elements": Words(
        "an SVG of more than {most} elements; simplify the drawing", "SVG 超过 {most} 个元素，请简化图形"
    ),
    "logo-active": Words(
        "`{what}` does more than draw; save the logo as a plain SVG, or as PNG",
        "`{what}` 不只是绘图；请把徽标另存为普通 SVG 或 PNG",
    ),
    "colon": Words(": ", "："),
    "no-font": Words(
        "No font here has {count} character(s) of this report: {characters} A PDF would show boxes in their place.",
        "现有字体缺少本报告中的 {count} 个字符：{characters} 若生成 PDF 会显示为方框。",
    ),
    "font-chinese": Words(
        "Chinese: install fonts-noto-cjk (Debian, Ubuntu), google-noto-sans-cjk-fonts (Fedora), Noto Sans SC (Windows) or "
        "font-noto-sans-cjk-sc (Homebrew on macOS).",
        "中文字体：Debian、Ubuntu 安装 fonts-noto-cjk，Fedora 安装 google-noto-sans-cjk-fonts，Windows 安装 Noto Sans SC，macOS 用 Homebrew 安装 font-noto-sans-cjk-sc。",
    ),
    "font-emoji": Words(
        "Symbols: install fonts-noto-color-emoji and fonts-symbola (Debian, Ubuntu), or leave them out of the plan.",
        "符号与表情：Debian、Ubuntu 安装 fonts-noto-color-emoji 与 fonts-symbola，或从计划中去掉。",
    ),
    "font-other": Words(
        "Other scripts: install fonts-noto-core (Debian, Ubuntu) or the Noto font of the script.",
        "其他文字：Debian、Ubuntu 安装 fonts-noto-core，或安装该文字对应的 Noto 字体。",
    ),
    "font-folder": Words(
        "Or name a folder with a font that has them: --fonts FOLDER.", "也可以用 --fonts 目录 指定含有这些字符的字体。"
    ),
}
