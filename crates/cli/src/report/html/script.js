
"use strict";
{
  const get = id => document.getElementById(id);
  const filter = get("filter");
  if (filter) {
    const files = [...document.querySelectorAll(".file")].map(element => ({
      element,
      findings: [...element.querySelectorAll(".finding")].map(element => ({ element, text: null })),
    }));
    const total = files.reduce((sum, file) => sum + file.findings.length, 0);
    const severities = [...filter.querySelectorAll("[name=severity]")];
    const search = get("search"), pillar = get("pillar"), rule = get("rule");

    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = severities.filter(box => box.checked).map(box => box.value);
      const fits = finding => {
        const { s, p, r } = finding.element.dataset;
        if (wanted.length && !wanted.includes(s) || pillar.value && pillar.value !== p || rule.value && rule.value !== r) return false;
        if (!words.length) return true;
        finding.text ??= finding.element.textContent.toLowerCase();
        return words.every(word => finding.text.includes(word) || finding.path.includes(word));
      };
      let shown = 0;
      for (const file of files) {
        file.path ??= file.element.querySelector("h3").textContent.toLowerCase();
        let here = 0;
        for (const finding of file.findings) {
          finding.path = file.path;
          const hidden = !fits(finding);
          if (finding.element.hidden !== hidden) finding.element.hidden = hidden;
          if (!hidden) here += 1;
        }
        file.element.hidden = here === 0;
        shown += here;
      }
      const all = shown === total;
      get("count").textContent = all ? `${total} shown` : `${shown} of ${total} shown`;
      get("nothing").hidden = shown > 0;
      get("clear").hidden = all && !words.length && !wanted.length && !pillar.value && !rule.value;
    };
    const clear = () => {
      search.value = pillar.value = rule.value = "";
      severities.forEach(box => { box.checked = false; });
      apply();
    };
    // A link to a finding shows it, whatever the filter hides.
    const reveal = () => {
      const target = get(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden) {
        clear();
        target.scrollIntoView();
      }
    };

    let due = 0;
    const later = () => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(apply);
    };
    search.addEventListener("input", later);
    filter.addEventListener("change", later);
    get("clear").addEventListener("click", clear);
    get("fold").addEventListener("click", event => {
      const open = !files.some(file => file.element.open);
      files.forEach(file => { file.element.open = open; });
      event.target.textContent = open ? "Fold files" : "Unfold files";
    });
    addEventListener("hashchange", reveal);
    addEventListener("keydown", event => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName ?? "");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
      } else if (event.key === "Escape" && event.target === search) {
        search.value = "";
        apply();
        search.blur();
      }
    });
    filter.hidden = false;
    apply();
  }

  // On paper the questions at risk are unfolded; the rest is as the reader left it.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".question:not([open])")];
    folded.forEach(one => { one.open = true; });
  });
  addEventListener("afterprint", () => {
    folded.forEach(one => { one.open = false; });
  });
}
