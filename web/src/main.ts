import { h, render } from 'preact';
import './style.css';

const main = document.getElementById('page');
if (main !== null) {
  render(h('h1', null, 'Parley'), main);
}
