// Unfold loads Chart.js (200 kB) on every page. No page of ours has a chart, so this takes its place.
